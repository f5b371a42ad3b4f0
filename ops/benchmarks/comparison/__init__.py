# SPDX-License-Identifier: Apache-2.0
"""The comparison that ops/benchmarks/run makes. Python's standard library only."""
