"""The tests. They mirror verifychain/; tests/cli drives the installed command, tests/peers real programs."""
