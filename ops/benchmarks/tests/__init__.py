# SPDX-License-Identifier: Apache-2.0
"""Tests of what ops/benchmarks/run computes; RunnerTest runs them in the build."""
