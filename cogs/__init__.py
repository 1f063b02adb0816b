"""Easel's commands, one family a file: parse what Discord sent, call one service, render its answer."""
