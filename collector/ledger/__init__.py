"""The accounting of sheets: who took them, what came back, what is missing. Every act is logged and none deletes."""
