# ruff: noqa: E501
"""Labelled cases in pairs, as in ``cases_of_sums``: what arithmetic sets, and what ``PIPESTATUS`` tells."""

from __future__ import annotations

from tests.formats.shell.cases_of_sums import LINE, pairs

CHECK = f"{LINE} | sha256sum -c -"
LOGGED = f"+{CHECK} | tee log\n"

ARITHMETIC = pairs(
    ("counted with let", f'+n=0\n{CHECK} || let n++\nif [ "$n" != 0 ]; then exit 1; fi', f'+n=0\n{CHECK} || let n++\nif [ "$n" -gt 1 ]; then exit 1; fi', "unchecked:not-fatal", "it is 1 where the check has failed"),
    ("added with let", f'+n=0\n{CHECK} || let "n += 1"\n[ "$n" -eq 0 ] || exit 1', f'+n=0\n{CHECK} || let "n += 1"\n[ "$n" -eq 0 ] || echo bad', "unchecked:not-fatal", "said, and gone on"),
    ("a sum with let", f"+n=0\n{CHECK} || let n=n+1\n(( n )) && exit 1", f"+n=0\n{CHECK} || let n=n+0\n(( n )) && exit 1", "unchecked:not-fatal", "nothing is added"),
    ("counted down", f'+n=1\n{CHECK} || let n--\n[ "$n" -eq 1 ] || exit 1', f'+n=1\n{CHECK} || let n--\n[ "$n" -eq 2 ] && exit 1', "unchecked:not-fatal", "it is 0 or 1"),
    ("a bit that is set", f"+n=0\n{CHECK} || (( n |= 1 ))\n(( n == 0 )) || exit 1", f"+n=0\n{CHECK} || (( n |= 0 ))\n(( n == 0 )) || exit 1", "unchecked:not-fatal", "no bit is"),
    ("set with let", f'n=0\nlet n=0\nif [ "$n" = 0 ]; then {CHECK}; fi', f'n=0\nlet n=1\nif [ "$n" = 0 ]; then {CHECK}; fi', "unchecked:skipped", "it is another number by then"),
    ("set by arithmetic", f'n=1\n(( n = 0 )) || :\nif [ "$n" = 0 ]; then {CHECK}; fi', f'n=0\n(( n = 1 ))\nif [ "$n" = 0 ]; then {CHECK}; fi', "unchecked:skipped", "it is another number by then"),
    ("set inside a word", f'n=1\n: $(( n = 0 ))\nif [ "$n" = 0 ]; then {CHECK}; fi', f'n=0\n: $(( n = 1 ))\nif [ "$n" = 0 ]; then {CHECK}; fi', "unchecked:skipped", "it is another number by then"),
    ("below nothing", f'n=0\nif [ "$n" = 0 ]; then {CHECK}; fi', f'n=0\n(( n -= 1 ))\nif [ "$n" = 0 ]; then {CHECK}; fi', "unchecked:not-fatal", "no number that we reckon with"),
    ("shifted", f'n=1\nif [ "$n" = 1 ]; then {CHECK}; fi', f'n=1\n(( n <<= 1 ))\nif [ "$n" = 1 ]; then {CHECK}; fi', "unchecked:not-fatal", "not followed: it can be any number"),
    ("compared, not set", f'n=1\n(( n <= 1 ))\nif [ "$n" = 1 ]; then {CHECK}; fi', f'n=1\nfor (( n = 0; n < 1; n++ )); do :; done\nif [ "$n" = 0 ]; then {CHECK}; fi', "unchecked:not-fatal", "a loop counts"),
)  # fmt: skip

STATUSES = pairs(
    ("all statuses", f'+{CHECK}\nif [ "${{PIPESTATUS[*]}}" != "0 0" ]; then exit 1; fi', f'+{CHECK}\nif [ "${{PIPESTATUS[*]}}" != "0 1" ]; then exit 1; fi', "unchecked:not-fatal", "it goes on where the check failed"),
    ("all statuses of three", f'{LOGGED}if [ "${{PIPESTATUS[*]}}" != "0 0 0" ]; then exit 1; fi', f'{LOGGED}test "${{PIPESTATUS[*]}}" = "0 0 0" || echo bad', "unchecked:not-fatal", "said, and gone on"),
    ("all statuses, kept", f'{LOGGED}s="${{PIPESTATUS[*]}}"\n[ "$s" = "0 0 0" ] || exit 1', f'{LOGGED}echo\ns="${{PIPESTATUS[*]}}"\n[ "$s" = "0" ] || exit 1', "unchecked:not-fatal", "they are those of echo by then"),
    ("all statuses, kept as words", f'{LOGGED}s="${{PIPESTATUS[@]}}"\n[[ $s == "0 0 0" ]] || exit 1', f'{LOGGED}s="${{PIPESTATUS[@]}}"\n[[ $s != "0 0 0" ]] || exit 1', "unchecked:not-fatal", "the wrong way round"),
    ("one of an array", f'{LOGGED}s=("${{PIPESTATUS[@]}}")\n[ "${{s[1]}}" = 0 ] || exit 1', f'{LOGGED}s=("${{PIPESTATUS[@]}}")\n[ "${{s[0]}}" = 0 ] || exit 1', "unchecked:not-fatal", "the first one is that of echo"),
    ("one of an array that is changed", f'{LOGGED}s=("${{PIPESTATUS[@]}}")\n[ "${{s[1]}}" = 0 ] || exit 1', f'{LOGGED}s=("${{PIPESTATUS[@]}}")\ns[1]=0\n[ "${{s[1]}}" = 0 ] || exit 1', "unchecked:not-fatal", "it was set to 0"),
    ("a pattern of statuses", f'{LOGGED}[[ "${{PIPESTATUS[*]}}" =~ [1-9] ]] && exit 1', f'{LOGGED}[[ "${{PIPESTATUS[*]}}" =~ [2-9] ]] && exit 1', "unchecked:not-fatal", "sha256sum fails with 1"),
    ("each status", f'{LOGGED}for s in "${{PIPESTATUS[@]}}"; do [ "$s" -eq 0 ] || exit 1; done', f'{LOGGED}for s in "${{PIPESTATUS[@]}}"; do [ "$s" -eq 0 ] || echo bad; done', "unchecked:not-fatal", "said, and gone on"),
)  # fmt: skip

OF_NUMBERS = ARITHMETIC + STATUSES
