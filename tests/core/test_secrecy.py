from itsm.core.secrecy import mask_tokens


def test_tokens_stay_out_of_the_log():
    secret = "s3cr3t-tok_en"
    lines = [
        f"GET /l/{secret}/",
        f"Not Found: /l/{secret}/files/1/",
        f"GET /accounts/welcome/MQ/{secret}/",
        f"GET /accounts/password/reset/key/{secret}/",
    ]
    for line in lines:
        assert secret not in mask_tokens(None, "info", {"event": line, "code": 200})["event"]


def test_other_lines_are_left_alone():
    event = {"event": "GET /incidents/INC-000123/", "ip": "127.0.0.1"}
    assert mask_tokens(None, "info", dict(event)) == event
