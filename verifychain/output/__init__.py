"""
Writers: a report in, text out. Each module has ``render``; none of them prints.

A text that grows with the findings comes piece by piece, so that it is never held whole: files of some kilobytes can
have findings of a hundred megabytes.
"""
