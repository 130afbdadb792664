"""What people meet in a browser: the public phone form and the staff's console. The only package that knows Flask.

It draws and takes in; every rule about sheets, answers and who may decide is kept by intake, review and the store.
"""
