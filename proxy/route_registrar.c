/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts as hops: see route_registrar.h. */
#include "route_registrar.h"
#include "location_list.h"

/* The Request-URI becomes the contact; the way is that of its Path, or through its NAT, or else the
 * contact itself. */
static struct route_hop hop_of(struct location_binding const *binding, unsigned group)
{
    return (struct route_hop){
        .group = group,
        .name = binding->contact,
        .uri = binding->way->url_type == url_invalid ? NULL : binding->way,
        .request_uri = binding->uri,
        .route_set = binding->route,
        .contact = true,
    };
}

static bool is_usable(struct location_binding const *binding)
{
    return (binding->uri->url_type == url_sip || binding->uri->url_type == url_sips) &&
           (!*binding->path || binding->route);
}

unsigned route_registrar_hops(struct location_list const *list,
                              struct route_hop hops[static ROUTE_HOPS_MAX])
{
    unsigned n = 0, group = 0;
    int q = -1;
    for (size_t i = 0; i < list->n && n < ROUTE_HOPS_MAX; i++) {
        struct location_binding const *binding = &list->v[i];
        if (!is_usable(binding))
            continue;
        group += n > 0 && binding->q != q;
        q = binding->q;
        hops[n++] = hop_of(binding, group);
    }
    return n;
}
