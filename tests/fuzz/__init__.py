"""Fuzzing: properties of everything that reads what strangers wrote, tried with inputs that look for new paths.

    seeds/ + findings/ → atheris (libFuzzer) → property → nothing, or a finding, made small and kept

The properties need no fuzzer: an ordinary test runs every seed and every finding through them.
"""
