"""The papers that go with the sheets: cover, records, lists, stack covers, labels, instructions. One file one paper.

Knows neither the store nor who is on a list: what stands on a paper is given, out comes a PDF.
"""
