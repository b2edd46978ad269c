// SPDX-License-Identifier: ISC
/*
 * template_field -- from the names that templates use to the JSON there is.
 *
 * Templates are written for Go structs: {{.Spec.ClusterIP}}, promoted
 * metadata ({{.Name}}), embedded structs ({{.ObjectMeta.Labels}}). Objects
 * come as JSON, and JSON keys are understood too ({{.Spec.clusterIP}}):
 *
 *   name begins with    looked up              absent
 *   a capital           ignoring case          zero value if the API has such
 *                                              a field anywhere, else an error
 *   a small letter      exactly                an error
 *
 * In labels, annotations and decoded JSON a name is a key, taken exactly, and
 * an absent one is <no value>. The table is that of the fields of Services,
 * Ingresses, Pods, Nodes and Gateway routes which the API server leaves out
 * when they are empty.
 *
 * Upstream  external-dns source/template/engine.go: the same template is tried
 *           on the struct, then on the JSON
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "count.h"
#include "json.h"
#include "template_field.h"
#include "template_value.h"

/* What Go prints for a field that is known but not set. */
struct zero {
	enum value_kind kind;
	enum value_shape shape;
	const char *names; /* blank before and after each, lower case */
};

/* clang-format off */
static const struct zero zeros[] = {
	{ VALUE_TEXT, SHAPE_ANY,
	  " address architecture bootid clusterip containerid"
	  " containerruntimeversion dnspolicy externalname"
	  " externaltrafficpolicy generatename host hostip hostname image"
	  " ip kernelversion kubeletversion kubeproxyversion loadbalancerip"
	  " machineid message name namespace nodename nominatednodename"
	  " operatingsystem osimage path phase podcidr podip"
	  " priorityclassname protocol providerid qosclass reason"
	  " resourceversion restartpolicy schedulername secretname selflink"
	  " serviceaccountname sessionaffinity subdomain systemuuid type uid"
	  " value workingdir " },
	{ VALUE_INT, SHAPE_ANY,
	  " containerport generation healthchecknodeport hostport nodeport"
	  " observedgeneration port restartcount targetport weight " },
	{ VALUE_BOOL, SHAPE_ANY,
	  " hostipc hostnetwork hostpid publishnotreadyaddresses ready"
	  " unschedulable " },
	{ VALUE_LIST, SHAPE_OBJECT,
	  " addresses args backendrefs clusterips command conditions"
	  " containers containerstatuses env externalips filters finalizers"
	  " hostaliases hostips hostnames hosts imagepullsecrets images"
	  " ingress initcontainers ipfamilies loadbalancersourceranges"
	  " managedfields matches ownerreferences parentrefs parents paths"
	  " podcidrs podips ports readinessgates rules taints tls tolerations"
	  " topologyspreadconstraints volumes volumesattached volumesinuse " },
	{ VALUE_MAP, SHAPE_TEXTS,
	  " annotations labels matchlabels nodeselector selector " },
	{ VALUE_MAP, SHAPE_ANY,
	  " allocatable capacity limits overhead requests " },
	{ VALUE_MAP, SHAPE_OBJECT,
	  " loadbalancer metadata nodeinfo resources spec status " },
	{ VALUE_NIL, SHAPE_ANY,
	  " affinity allocateloadbalancernodeports appprotocol"
	  " creationtimestamp defaultbackend deletiongraceperiodseconds"
	  " deletiontimestamp dnsconfig error group http ingressclassname"
	  " internaltrafficpolicy ipfamilypolicy ipmode loadbalancerclass os"
	  " pathtype preemptionpolicy priority resource runtimeclassname"
	  " sectionname securitycontext service sessionaffinityconfig"
	  " starttime terminationgraceperiodseconds timeadded"
	  " trafficdistribution " },
};
/* clang-format on */

/* Embedded structs: the step changes nothing. */
static const char *const embedded[] = { "ObjectMeta", "TypeMeta",
	"CommonRouteSpec", "RouteStatus" };

/* Members of metadata that Go offers on the object itself, as fields and as
 * methods: Name, GetName. */
static const char *const promoted[] = { "Name", "Namespace", "Labels",
	"Annotations", "UID", "GenerateName", "ResourceVersion", "Generation",
	"CreationTimestamp", "DeletionTimestamp", "OwnerReferences",
	"Finalizers" };

static bool
is_among(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static const struct zero *
zero_of(const char *name)
{
	for (size_t i = 0; i < COUNT(zeros); i++) {
		const char *at = strcasestr(zeros[i].names, name);
		size_t n = strlen(name);

		for (; at != NULL; at = strcasestr(at + 1, name))
			if (at[-1] == ' ' && at[n] == ' ')
				return &zeros[i];
	}
	return NULL;
}

static struct value
zero_value(const struct zero *zero)
{
	struct value value = { .kind = zero->kind, .shape = zero->shape };

	if (zero->kind == VALUE_TEXT)
		value.text = "";
	if (zero->kind == VALUE_LIST || zero->kind == VALUE_MAP)
		value.json = jv_invalid();
	return value;
}

/* The member that a Go name means: exactly, else ignoring case. */
static jv
member_of(jv object, const char *name)
{
	jv found = json_at(object, name);
	const char *key;
	const char *best = NULL;
	jv value;
	int iter = 0;

	if (json_is_present(found) || !isupper((unsigned char)*name))
		return found;
	while (json_member(object, &iter, &key, &value))
		if (strcasecmp(key, name) == 0 &&
		    (best == NULL || strcmp(key, best) < 0))
			best = key;
	return best == NULL ? found : json_at(object, best);
}

static bool
field_of_object(struct run *run, const struct value *of, const char *name,
    struct value *out)
{
	const struct zero *zero = zero_of(name);
	jv json = member_of(of->json, name);
	enum value_shape shape = SHAPE_OBJECT;

	if (zero != NULL && zero->kind == VALUE_MAP)
		shape = zero->shape;
	if (json_is_present(json)) {
		*out = template_value_json(json, shape);
		return true;
	}
	if (zero == NULL || !isupper((unsigned char)*name))
		return template_value_fail(run, "no field '%s'", name);
	*out = zero_value(zero);
	return true;
}

/* The object itself, with what Go and external-dns promote to it. */
static bool
field_of_root(struct run *run, const struct value *of, const char *name,
    struct value *out)
{
	struct value metadata = { .kind = VALUE_MAP,
		.shape = SHAPE_OBJECT,
		.json = json_at(of->json, "metadata") };

	const char *field = strncmp(name, "Get", 3) == 0 ? name + 3 : name;

	if (is_among(promoted, COUNT(promoted), field))
		return field_of_object(run, &metadata, field, out);
	if (strcmp(name, "Object") == 0) {
		*out = template_value_json(of->json, SHAPE_ANY);
		return true;
	}
	if (strcasecmp(name, "apiVersion") == 0 || strcmp(name, "Kind") == 0) {
		jv text = member_of(of->json, name);

		*out = template_value_text(
		    json_str(text) != NULL ? json_str(text) : "");
		return true;
	}
	return field_of_object(run, of, name, out);
}

bool
template_field_find(struct run *run, const struct value *of, const char *name,
    struct value *out)
{
	jv json;

	if (!template_value_spend(run, 1))
		return false;
	if (of->kind != VALUE_MAP)
		return template_value_fail(run, "no field '%s' in %s", name,
		    template_value_kind_name(of));
	if (of->shape == SHAPE_ROOT || of->shape == SHAPE_OBJECT) {
		if (is_among(embedded, COUNT(embedded), name)) {
			*out = *of;
			return true;
		}
		return of->shape == SHAPE_ROOT
			   ? field_of_root(run, of, name, out)
			   : field_of_object(run, of, name, out);
	}
	json = json_at(of->json, name);
	*out = (struct value){ 0 };
	if (jv_is_valid(json))
		*out = template_value_json(json, of->shape);
	return true;
}
