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

static struct config config = {
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
	{ "records", OPT_STRING, &config.records, "FILE", "records stream: the ring's FIFO, or a file for a review", NULL },
	{ "once", OPT_FLAG, &config.once, NULL, "end when all is answered; nothing waits", NULL },
	{ "explain", OPT_STRING, &config.explain, "NAME", "say of one name who asks, what is there, what will happen", NULL },
	{ "health-file", OPT_STRING, &config.health_file, "FILE", "gets a line when the first pass is complete", NULL },
	{ "source", OPT_LIST, &config.sources, "SOURCE", "a source that has to say how it stands before anything is decided", NULL },
	{ "policy", OPT_CHOICE, &config.policy, "POLICY", "which sorts of change are made", policies },
	{ "registry", OPT_CHOICE, &config.registry, "REGISTRY", "where ownership is kept (noop: all is ours)", registries },
	{ "txt-owner-id", OPT_STRING, &config.owner, "OWNER", "our name on the records", NULL },
	{ "migrate-from-txt-owner", OPT_STRING, &config.old_owner, "OWNER", "what this owner has is ours: nobody else uses that name any more", NULL },
	{ "adopt", OPT_LIST, &config.adopt, "NAME|.SUFFIX", "take over unmarked records of these names, if they are asked for", NULL },
	{ "hand-over-to", OPT_STRING, &config.hand_over_to, "OWNER", "give our records to this owner, and do nothing else", NULL },
	{ "hand-over", OPT_LIST, &config.hand_over, "NAME|.SUFFIX", "only these", NULL },
	{ "managed-record-types", OPT_LIST, &config.managed_types, "TYPE", "record types to manage", NULL },
	{ "exclude-record-types", OPT_LIST, &config.excluded_types, "TYPE", "record types not to manage", NULL },
	{ "domain-filter", OPT_LIST, &config.domains.include, "DOMAIN", "names in this domain only; .DOMAIN: below it", NULL },
	{ "exclude-domains", OPT_LIST, &config.domains.exclude, "DOMAIN", "no names in this domain", NULL },
	{ "regex-domain-filter", OPT_STRING, &config.domains.include_regex, "REGEX", "names that match only; the lists count for nothing then", NULL },
	{ "regex-domain-exclusion", OPT_STRING, &config.domains.exclude_regex, "REGEX", "no names that match", NULL },
	{ "zone-id-filter", OPT_LIST, &config.zone_ids, "ID", "zones whose id ends so", NULL },
	{ "zone-name-filter", OPT_LIST, &config.zone_names, "ZONE", "zones of this name, whatever the domain filter says", NULL },
	{ "delete-threshold", OPT_INT, &config.delete_threshold, "PERCENT", "hold deletions above this share of our record sets of a zone", NULL },
	{ "delete-minimum", OPT_INT, &config.delete_minimum, "N", "but never as few as these", NULL },
	{ "delete-delay", OPT_DURATION, &config.delete_delay_ms, "TIME", "time that a deletion waits", NULL },
	{ "release-deletes", OPT_LIST, &config.released, "HASH", "let these held deletions pass", NULL },
	{ "address-grace", OPT_DURATION, &config.address_grace_ms, "TIME", "time for which a lost address is missed", NULL },
	{ "private-in-public", OPT_CHOICE, &config.private_in_public, "GUARD", "private addresses in a public zone", guards },
	OPT_LOG(config.log),
};
/* clang-format on */

static const struct opt_program program = {
	.name = "plan",
	.summary = "decide what has to change in the zones",
	.opts = opts,
	.n_opts = COUNT(opts),
	.log = &config.log,
};

static struct plan plan = { .config = &config };

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
	int health_fd = -1;
	int records_fd;
	struct error err;

	(void)opt_parse(&program, argc, argv);
	(void)signal(SIGPIPE, SIG_IGN);
	if (config.records == NULL)
		log_die(STATUS_CONFIG, "--records is missing: name the FIFO of "
				       "the ring or a file of records");
	records_fd = open_file("records", config.records, O_RDONLY);
	if (config.health_file != NULL)
		health_fd = open_file("health-file", config.health_file,
		    O_WRONLY | O_CREAT | O_TRUNC);
	config.review = is_plain_file(records_fd);
	if (!config_settle(&config, &err))
		log_die(STATUS_CONFIG, "%s", err.text);
	sandbox_enter();
	plan_init(&plan);
	return (int)loop_run(&plan, records_fd, health_fd);
}
