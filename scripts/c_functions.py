"""Finds the functions of a C file written in the house style: name at the start of a line, opening
and closing brace in column one."""
import os
import re


class Function:
    def __init__(self, path, name, line, body):
        self.path, self.name, self.line, self.body = path, name, line, body

    @property
    def length(self):
        return len(self.body)

    @property
    def complexity(self):
        """Cyclomatic: one, and one more for each branch."""
        text = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', "", "\n".join(self.body), flags=re.S)
        return 1 + len(re.findall(r"\b(?:if|for|while|case)\b|&&|\|\||\?", text))


def functions(path):
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            head = " ".join(lines[max(0, start - 6):start])
            names = re.findall(r"(\w+)\s*\((?!\s*\()", head.split(";")[-1].split("}")[-1])
            names = [n for n in names if n not in ("format", "__attribute__", "defined")]
            yield Function(path, names[0] if names else "?", start + 1, lines[start:number + 1])
            start = None


def tree(root):
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(d for d in subfolders if not d.startswith((".", "build", "autom4te")))
        for name in sorted(names):
            if name.endswith(".c"):
                yield from functions(os.path.join(folder, name))


def worst(root, measure, wall):
    """Prints the ten worst functions; returns 1 if one is over the wall."""
    ranked = sorted(tree(root), key=lambda f: -getattr(f, measure))
    for f in ranked[:10]:
        value = getattr(f, measure)
        print("%4d %s %s:%d%s" % (value, f.name, os.path.relpath(f.path, root), f.line,
                                  " (over the wall of %d)" % wall if value > wall else ""))
    return 1 if ranked and getattr(ranked[0], measure) > wall else 0
