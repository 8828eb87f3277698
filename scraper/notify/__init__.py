"""What happened → what somebody is told of it. Decides and words messages; sends only what apprise sends.

choose     which happenings a rule is about            progress   what is to be done next, and what became of it
message    JSON for webhooks, plain text for others    sign       the headers a webhook trusts a message by
hub        the door to apprise
"""
