"""The AWS command line for many commands: prints those that it refuses, and why.

A command that it takes is checked by its own models and would be sent: that is where it ends. A mention may leave out what the
operation requires; then the operation and the options that it does name must exist.
"""
import contextlib
import io
import json
import sys

import botocore.client
from awscli.clidriver import create_clidriver

sent = []


def send(client, model, request, context):
    sent.append(model.name)
    raise RuntimeError("nothing is sent")


def known(driver, args):
    """Whether the operation of a command exists, and each option that it names."""
    tables = dict(driver._get_argument_table())
    command = driver._get_command_table()[args[0]]
    for word in args[1:]:
        if word.startswith("--"):
            break
        below = getattr(command, "subcommand_table", None) or (
            command._get_command_table() if hasattr(command, "_get_command_table") else {})
        if word not in below:
            break
        command = below[word]
    tables.update(command.arg_table)
    return all(word[2:].split("=")[0] in tables for word in args if word.startswith("--"))


botocore.client.BaseClient._make_request = send
for one in json.load(sys.stdin):
    args, said = one["args"], io.StringIO()
    sent.clear()
    driver = create_clidriver()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), contextlib.suppress(SystemExit):
        driver.main(args)
    if len(sent) == 1:
        continue
    if one["mention"] and "arguments are required" in said.getvalue() and known(driver, args):
        continue
    print(json.dumps(" ".join(args)[:300] + ": " + said.getvalue()[-300:]))
