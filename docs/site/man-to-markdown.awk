# Turns a man page in the few macros that tachost writes into Markdown.
function text(line) {
    gsub(/\\e/, "\\\\", line); gsub(/\\-/, "-", line); gsub(/\\\(ti/, "~", line); sub(/^\\&/, "", line)
    return line
}
function prose(line) {
    line = text(line)
    gsub(/[*_<>\[\]|]/, "\\\\&", line)
    return line
}
/^\.TH / { next }
/^\.SH / { title = substr($0, 5); print "\n## " toupper(substr(title, 1, 1)) tolower(substr(title, 2)) "\n"; next }
/^\.SS / { print "\n### " substr($0, 5) "\n"; next }
/^\.TP/ { term = 1; next }
/^\.nf/ { print "```"; code = 1; next }
/^\.fi/ { print "```\n"; code = 0; next }
/^\.B / { line = text(substr($0, 4)); if (term) { printf "\n- `%s`: ", line; term = 0 } else printf "**%s** ", line; next }
/^\.BR / { printf "%s", text(substr($0, 5)) " "; next }
/^\.br/ { print "<br>"; next }
/^\.(PP|RS|RE)/ { print ""; next }
/^\./ { print "man-to-markdown.awk: unknown macro: " $0 > "/dev/stderr"; failed = 1; next }
{ print code ? text($0) : prose($0) }
END { exit failed }
