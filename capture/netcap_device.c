/* SPDX-License-Identifier: Apache-2.0 */
/* Interfaces: see netcap_device.h. */
#include "netcap_device.h"
#include "netcap_options.h"
#include "pcapng_write.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* How long the kernel gathers packets before it wakes us. */
enum { GATHER_MS = 100 };

/* How often an interface that is down is looked at. */
enum { DOWN_MS = 50 };

static int code_of(int error)
{
    switch (error) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return EX_NOINPUT;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return EX_NOPERM;
    case PCAP_ERROR_IFACE_NOT_UP:
        return EX_UNAVAILABLE;
    default:
        return EX_OSERR;
    }
}

static int fail(struct netcap_device *device, int error, char *fault)
{
    char const *what = pcap_statustostr(error), *said = pcap_geterr(device->pcap);
    bool more = *said && strcmp(what, said) != 0;

    (void)snprintf(fault, NETCAP_FAULT, "%.64s: %s%s%s", device->name, what, more ? ": " : "",
                   more ? said : "");
    netcap_device_close(device);
    return code_of(error);
}

int netcap_device_open(struct netcap_device *device, char const *name,
                       struct netcap_options const *options, char *fault)
{
    char error[PCAP_ERRBUF_SIZE] = "";
    int rc;

    *device = (struct netcap_device){ .name = name, .pcap = pcap_create(name, error) };
    if (!device->pcap) {
        (void)snprintf(fault, NETCAP_FAULT, "%.64s: %s", name, error);
        return EX_OSERR;
    }
    pcap_set_snaplen(device->pcap, (int)options->snaplen);
    pcap_set_promisc(device->pcap, 0);
    pcap_set_timeout(device->pcap, GATHER_MS);
    pcap_set_buffer_size(device->pcap, (int)options->buffer_kib * 1024);
    rc = pcap_activate(device->pcap);
    /* Above zero are warnings. */
    if (rc < 0)
        return fail(device, rc, fault);
    if (pcap_setnonblock(device->pcap, 1, error) < 0)
        return fail(device, PCAP_ERROR, fault);
    rc = pcap_datalink(device->pcap);
    device->link_type = rc == DLT_RAW ? PCAPNG_LINK_RAW_IP : (unsigned)rc;
    return 0;
}

void netcap_device_close(struct netcap_device *device)
{
    if (device->pcap)
        pcap_close(device->pcap);
    device->pcap = NULL;
}

int netcap_device_filter(struct netcap_device *device, char const *filter, char *fault)
{
    struct bpf_program program;
    int rc;

    if (pcap_compile(device->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0) {
        (void)snprintf(fault, NETCAP_FAULT, "filter: %s", pcap_geterr(device->pcap));
        return EX_DATAERR;
    }
    rc = pcap_setfilter(device->pcap, &program);
    pcap_freecode(&program);
    if (rc == 0)
        return 0;
    (void)snprintf(fault, NETCAP_FAULT, "%.64s: filter: %s", device->name,
                   pcap_geterr(device->pcap));
    return EX_OSERR;
}

/* libpcap wants to be called again: it has got ENETDOWN, which comes once, while the interface was
 * still there. */
int netcap_device_wait_ms(struct netcap_device const *device)
{
    return pcap_get_required_select_timeout(device->pcap) ? DOWN_MS : -1;
}
