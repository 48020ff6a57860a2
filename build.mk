# Included by every Makefile.am: flags, and how unit tests run (TAP, one program per file).
AM_CFLAGS = -std=gnu11 -D_GNU_SOURCE -I$(top_builddir) $(WARN_CFLAGS) $(HARDEN_CFLAGS)
AM_LDFLAGS = $(HARDEN_LDFLAGS)
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT;
# No test may keep the others waiting: a hang is a failure after two minutes.
LOG_COMPILER = timeout 120
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
