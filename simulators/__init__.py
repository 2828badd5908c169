"""Simulated devices on real wires, with faults that can be switched at run time, made-up people and papers."""
