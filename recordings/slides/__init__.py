"""Slides: the pages of a deck as pictures and words, when each was shown, and the chapters that follow from that.

A page is made from the slides original (`paging`), times are found by comparing the video with the pages (`timing`;
`matching` is pure) and put right by people (`keeping`, which writes both down). `reading` is what others ask.
"""
