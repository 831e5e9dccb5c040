"""Services as files: a whole service (form, procedure, letters, rules, page, kept walks) goes out as one file and comes
in elsewhere. What comes in was made by strangers: it is read here, judged, and shown before anything is written.
"""
