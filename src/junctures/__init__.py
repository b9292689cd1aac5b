"""Tests of critical junctures in short time series: from sourced tables to judged claims."""
