// SPDX-License-Identifier: ISC
/*
 * plan -- what has to change in the zones, from what the objects ask for and
 * what Azure holds.
 *
 *   plan --records=FILE [options] <endpoints >changes
 *
 * No network, no clock, no file but --records, which is opened before the
 * sandbox is entered. If that is a FIFO plan is a stage of the ring; if it is
 * a plain file, a review: all is read, all changes are written, once.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "count.h"
#include "log.h"
#include "loop.h"
#include "plan.h"
#include "sandbox.h"

static const char *const policies[] = { "sync", "upsert-only", "create-only",
	NULL };
static const char *const registries[] = { "txt", "azure-metadata", "noop",
	NULL };
static const char *const guards[] = { "allow", "warn", "refuse", NULL };

static struct options options = {
	.owner = "default",
	.delete_threshold = 25,
	.delete_minimum = 10,
	.delete_delay_ms = 30000,
	.address_grace_ms = 300000,
	.private_in_public = PRIVATE_WARN,
	.log.level = LOG_INFO,
};

/* clang-format off */
static const struct opt opts[] = {
	{ "records", OPT_STRING, &options.records, "FILE", "records stream: the ring's FIFO, or a file for a review", NULL },
	{ "once", OPT_FLAG, &options.once, NULL, "end when all is answered; nothing waits", NULL },
	{ "explain", OPT_STRING, &options.explain, "NAME", "say of one name who asks, what is there, what will happen", NULL },
	{ "health-file", OPT_STRING, &options.health_file, "FILE", "gets a line when the first pass is complete", NULL },
	{ "source", OPT_LIST, &options.sources, "SOURCE", "a source that has to say how it stands before anything is decided", NULL },
	{ "policy", OPT_CHOICE, &options.policy, "POLICY", "which sorts of change are made", policies },
	{ "registry", OPT_CHOICE, &options.registry, "REGISTRY", "where ownership is kept (noop: all is ours)", registries },
	{ "txt-owner-id", OPT_STRING, &options.owner, "OWNER", "our name on the records", NULL },
	{ "migrate-from-txt-owner", OPT_STRING, &options.old_owner, "OWNER", "what this owner has is ours: nobody else uses that name any more", NULL },
	{ "adopt", OPT_LIST, &options.adopt, "NAME|.SUFFIX", "take over unmarked records of these names, if they are asked for", NULL },
	{ "hand-over-to", OPT_STRING, &options.hand_over_to, "OWNER", "give our records to this owner, and do nothing else", NULL },
	{ "hand-over", OPT_LIST, &options.hand_over, "NAME|.SUFFIX", "only these", NULL },
	{ "managed-record-types", OPT_LIST, &options.managed, "TYPE", "record types to manage", NULL },
	{ "exclude-record-types", OPT_LIST, &options.excluded, "TYPE", "record types not to manage", NULL },
	{ "domain-filter", OPT_LIST, &options.domains, "DOMAIN", "names in this domain only; .DOMAIN: below it", NULL },
	{ "exclude-domains", OPT_LIST, &options.exclude_domains, "DOMAIN", "no names in this domain", NULL },
	{ "regex-domain-filter", OPT_STRING, &options.regex_include, "REGEX", "names that match only; the lists count for nothing then", NULL },
	{ "regex-domain-exclusion", OPT_STRING, &options.regex_exclude, "REGEX", "no names that match", NULL },
	{ "zone-id-filter", OPT_LIST, &options.zone_ids, "ID", "zones whose id ends so", NULL },
	{ "zone-name-filter", OPT_LIST, &options.zone_names, "ZONE", "zones of this name, whatever the domain filter says", NULL },
	{ "delete-threshold", OPT_INT, &options.delete_threshold, "PERCENT", "hold deletions above this share of our record sets of a zone", NULL },
	{ "delete-minimum", OPT_INT, &options.delete_minimum, "N", "but never as few as these", NULL },
	{ "delete-delay", OPT_DURATION, &options.delete_delay_ms, "TIME", "time that a deletion waits", NULL },
	{ "release-deletes", OPT_LIST, &options.released, "HASH", "let these held deletions pass", NULL },
	{ "address-grace", OPT_DURATION, &options.address_grace_ms, "TIME", "time for which a lost address is missed", NULL },
	{ "private-in-public", OPT_CHOICE, &options.private_in_public, "GUARD", "private addresses in a public zone", guards },
	OPT_LOG(options.log),
};
/* clang-format on */

static const struct opt_program program = {
	.name = "plan",
	.summary = "decide what has to change in the zones",
	.opts = opts,
	.n_opts = COUNT(opts),
	.log = &options.log,
};

static struct plan plan;

static int
open_file(const char *option, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		log_die(STATUS_CONFIG, "--%s=%s: %s", option, path,
		    strerror(errno));
	return fd;
}

static bool
is_plain_file(int fd)
{
	struct stat stat;

	return fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode);
}

int
main(int argc, char **argv)
{
	struct loop loop = { 0 };
	struct error err;

	(void)opt_parse(&program, argc, argv);
	(void)signal(SIGPIPE, SIG_IGN);
	if (options.records == NULL)
		log_die(STATUS_CONFIG, "--records is missing: name the FIFO of "
				       "the ring or a file of records");
	loop.records_fd = open_file("records", options.records, O_RDONLY);
	loop.health_fd = options.health_file == NULL
			     ? -1
			     : open_file("health-file", options.health_file,
				   O_WRONLY | O_CREAT | O_TRUNC);
	plan.config.review = is_plain_file(loop.records_fd);
	loop.explain = options.explain;
	if (!config_init(&plan.config, &options, &err))
		log_die(STATUS_CONFIG, "%s", err.text);
	sandbox_enter();
	plan_init(&plan);
	return (int)(plan.config.review ? loop_review(&plan, &loop)
					: loop_ring(&plan, &loop));
}
