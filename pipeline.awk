# pipeline.awk -- options to EXTERNAL_DNS_* variables, for pipeline.options.
#
# Reads the option table (NAME ARITY KIND, one a line; NAME- stands for all that
# begin so; KIND is plain, secret, unused or missing; # begins a comment; the first line
# of a name counts) from standard input and the options from its arguments.
# Prints shell: an export for each variable, `secrets=`, the names of those that
# hold one, `log LEVEL TEXT` for what is to be said, and `exit 2` after an
# unknown option, a missing value or a stray argument.

# Levenshtein's distance of two names.
function distance(a, b,    i, j, row, diagonal, above, best) {
	for (j = 0; j <= length(b); j++)
		row[j] = j
	for (i = 1; i <= length(a); i++) {
		diagonal = row[0]
		row[0] = i
		for (j = 1; j <= length(b); j++) {
			above = row[j]
			best = diagonal + (substr(a, i, 1) != substr(b, j, 1))
			if (above + 1 < best)
				best = above + 1
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1
			diagonal = above
			row[j] = best
		}
	}
	return row[length(b)]
}

function nearest(name,    known, edits, best, found) {
	best = 6
	for (known in arity) {
		edits = distance(name, known)
		if (edits < best || (edits == best && known < found)) {
			best = edits
			found = known
		}
	}
	return found == "" ? "see pipeline.sh --help" : "did you mean --" found "?"
}

function quoted(value) {
	gsub(/'/, "'\\''", value)
	return "'" value "'"
}

function variable(name) {
	gsub(/-/, "_", name)
	return "EXTERNAL_DNS_" toupper(name)
}

function set(name, value) {
	if (arity[name] == "flag") {
		if (value != "" && value !~ /^([01tTfF]|true|True|TRUE|false|False|FALSE)$/)
			wrong = "--" name ": '" value "' is neither true nor false"
		value = value ~ /^[1tT]/ ? "true" : "false"
	}
	if (arity[name] == "list" && name in values)
		value = values[name] "\n" value
	values[name] = value
}

# The table's word for an option: itself, or the beginning that stands for it.
function entry(name,    known) {
	if (name in arity)
		return name
	for (known in arity)
		if (known ~ /-$/ && index(name, known) == 1)
			return known
	return ""
}

# Read the option at argument i; return the index of its last argument.
function read_option(i,    name, value, given, negated, known) {
	name = substr(argument[i], 3)
	given = index(name, "=")
	if (given) {
		value = substr(name, given + 1)
		name = substr(name, 1, given - 1)
	}
	known = entry(name)
	negated = known == "" && name ~ /^no-/
	if (negated) {
		known = entry(substr(name, 4))
		negated = known != "" && arity[known] == "flag"
		known = negated ? known : ""
	}
	if (argument[i] !~ /^--./)
		wrong = "unexpected argument '" argument[i] "'"
	else if (known == "")
		wrong = "unknown option --" name "; " nearest(name)
	else if (!given && arity[known] == "flag")
		value = negated ? "false" : "true"
	else if (!given && i + 1 == n)
		wrong = "--" name " needs a value"
	else if (!given)
		value = argument[++i]
	if (wrong == "" && unused[known] != "")
		said[name] = unused[known]
	else if (wrong == "")
		set(known, value)
	return i
}

/^[a-z]/ && !($1 in arity) {
	arity[$1] = $2
	if ($3 == "unused" || $3 == "missing")
		unused[$1] = $3
	if ($3 == "secret")
		secrets = secrets variable($1) " "
}

BEGIN {
	# The arguments are options, not files.
	n = ARGC
	for (i = 1; i < n; i++) {
		argument[i] = ARGV[i]
		ARGV[i] = ""
	}
}

END {
	for (name in arity)
		if (variable(name) in ENVIRON) {
			if (unused[name] == "missing")
				said[name] = "missing"
			else if (arity[name] == "flag" && unused[name] == "")
				set(name, ENVIRON[variable(name)])
		}
	for (i = 1; i < n && wrong == ""; i++)
		i = read_option(i)
	for (name in values)
		print "export " variable(name) "=" quoted(values[name])
	print "secrets=" quoted(secrets)
	for (name in said)
		print said[name] == "missing" ? \
			"log warning " quoted("--" name ": accepted, but what it asks for is not done here") : \
			"log info " quoted("--" name ": accepted, has no use here")
	if (wrong != "")
		print "log error " quoted(wrong) "; exit 2"
}
