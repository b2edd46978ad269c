# pipeline.awk -- options to EXTERNAL_DNS_* variables, for pipeline.sh.
#
# Reads the option table (NAME ARITY KIND, one a line; KIND is plain, secret or
# unused; # begins a comment; the first line of a name counts) from standard input and the options from its arguments; prints one export
# statement for each variable. An unknown option, a missing value or a stray
# argument: one line on standard error that names the remedy, exit status 2.

function refuse(text) {
	print "pipeline.sh: error: " text > "/dev/stderr"
	failed = 1
	exit 2
}

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

function set(name, value) {
	if (arity[name] == "list" && name in values)
		values[name] = values[name] "\n" value
	else
		values[name] = value
}

/^[a-z]/ && !($1 in arity) {
	arity[$1] = $2
	unused[$1] = $3 == "unused"
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
	if (failed)
		exit 2
	for (i = 1; i < n; i++) {
		if (argument[i] !~ /^--./)
			refuse("unexpected argument '" argument[i] "'")
		name = substr(argument[i], 3)
		value = ""
		given = index(name, "=")
		if (given) {
			value = substr(name, given + 1)
			name = substr(name, 1, given - 1)
		}
		negated = !(name in arity) && name ~ /^no-/ && arity[substr(name, 4)] == "flag"
		if (negated)
			name = substr(name, 4)
		if (!(name in arity))
			refuse("unknown option --" name "; " nearest(name))
		if (arity[name] == "flag")
			set(name, given ? value : negated ? "false" : "true")
		else if (given)
			set(name, value)
		else if (++i < n)
			set(name, argument[i])
		else
			refuse("--" name " needs a value")
	}
	for (name in values) {
		if (unused[name]) {
			print "pipeline.sh: --" name ": accepted, has no use here" > "/dev/stderr"
			continue
		}
		variable = name
		gsub(/-/, "_", variable)
		print "export EXTERNAL_DNS_" toupper(variable) "=" quoted(values[name])
	}
}
