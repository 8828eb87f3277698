"""Request → page: the one gate for everything that goes out.

`Client` (in `scraper.fetch.client`) is the fetcher, `FetchPolicy` (in `scraper.fetch.policy`) its limits. What is
promised of them is in `scraper.interfaces.Fetcher`.

    target   which URLs are taken             wire      one connection: httpx, httpcore, TLS
    guard    which addresses are dialled      body      decoding under limits
    pace     when a host may be asked         headers   what is said and what is believed
    robots   what a site asks of us           exchange  one question, one answer
"""
