"""The package as bytes: documents in a folder and an archive, their hashes, and the seal over them."""
