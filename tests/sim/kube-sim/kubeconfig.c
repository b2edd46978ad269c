// SPDX-License-Identifier: ISC
/* kubeconfig -- see kubeconfig.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "kubeconfig.h"
#include "text.h"

#define PEM_BYTES_MAX ((size_t)64 * 1024)

bool
kubeconfig_write(const char *path, const char *url, const char *tls_dir,
    const char *token, struct error *err)
{
	struct text ca_path = { 0 };
	struct text pem = { 0 };
	struct text ca = { 0 };
	FILE *file = fopen(path, "we");
	bool done = file != NULL;

	text_format(&ca_path, "%s/ca.pem", tls_dir);
	done = done && text_read_file(&pem, ca_path.data, PEM_BYTES_MAX);
	if (done) {
		base64_encode(&ca, pem.data, pem.n);
		done = fprintf(file,
			   "apiVersion: v1\n"
			   "kind: Config\n"
			   "current-context: kube-sim\n"
			   "clusters:\n"
			   "- name: kube-sim\n"
			   "  cluster:\n"
			   "    server: %s\n"
			   "    certificate-authority-data: %s\n"
			   "contexts:\n"
			   "- name: kube-sim\n"
			   "  context:\n"
			   "    cluster: kube-sim\n"
			   "    user: kube-sim\n"
			   "    namespace: default\n"
			   "users:\n"
			   "- name: kube-sim\n"
			   "  user:\n"
			   "    token: %s\n",
			   url, ca.data, token) > 0;
	}
	if (file != NULL && fclose(file) != 0)
		done = false;
	text_done(&ca_path);
	text_done(&pem);
	text_done(&ca);
	return done || error_set(err, CAUSE_INVALID, "cannot write '%s': %s",
			   path, strerror(errno));
}
