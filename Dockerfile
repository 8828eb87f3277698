# Two stages: packages are installed where there is pip, and run where there is nothing to install with.
# For builds that can be repeated to the byte, name the base by its digest: --build-arg PYTHON=python:3.13-slim@sha256:…
ARG PYTHON=python:3.13-slim

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv --without-pip /venv
# With what [[notify]] needs to write mails and to chats; --build-arg LOCK=requirements.lock leaves these 12 MB out.
ARG LOCK=requirements-notify.lock
COPY requirements.lock requirements-notify.lock ./
RUN pip --python /venv/bin/python install --require-hashes --only-binary :all: -r "$LOCK"
COPY pyproject.toml README.md LICENSE ./
COPY scraper ./scraper
# What builds the program is pinned by the same file, and stays behind.
RUN pip --python /venv/bin/python install --no-deps --no-build-isolation . \
    && pip --python /venv/bin/python uninstall --yes hatchling editables packaging pathspec pluggy trove-classifiers

FROM ${PYTHON}
# Process 1 has to hand on signals from the first moment, before Python has come up, and to bury children.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates tini && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /archive --no-create-home --shell /usr/sbin/nologin scraper \
    && install --directory --owner scraper --group scraper /archive /config
COPY --from=build /venv /venv
COPY --chown=scraper:scraper config /config
USER 10001:10001
WORKDIR /archive
ENV PATH=/venv/bin:$PATH SCRAPER_ARCHIVE=/archive SCRAPER_CONFIG=/config PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
VOLUME ["/archive", "/config"]
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8765/healthz', timeout=4)"]
ENTRYPOINT ["tini", "--", "scraper"]
CMD ["run"]
