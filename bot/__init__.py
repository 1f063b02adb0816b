"""Easel: pictures made together in Discord, from ordered references and a prompt, with money under control."""
