"""What tests of several folders share: hand-made platforms and a warehouse built from them."""
