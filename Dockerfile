# Two stages: packages are built where there is a compiler and pip, and run where there is neither.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY scraper ./scraper
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
# Certificates are the system's: an image without them trusts nobody.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tini && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home scraper && install -d -o scraper -g scraper /archive /config
COPY --from=build /venv /venv
COPY --chown=scraper:scraper config /config
USER scraper
ENV PATH=/venv/bin:$PATH SCRAPER_ARCHIVE=/archive SCRAPER_CONFIG=/config PYTHONUNBUFFERED=1
VOLUME ["/archive", "/config"]
HEALTHCHECK --interval=30s --timeout=5s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8765/healthz', timeout=4)"]
ENTRYPOINT ["tini", "--", "scraper"]
CMD ["run"]
