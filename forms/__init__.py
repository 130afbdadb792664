"""What is asked and where it stands on paper: campaigns, questionnaires, sheets in millimetres, words.

Knows no image, no database and no web framework; printer, reader and phone form all stand on it.
"""
