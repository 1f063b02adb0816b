# Two stages: the first builds the wheel, the second has only what runs.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cogs cogs
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.12-slim
COPY requirements.lock /tmp/requirements.lock
COPY --from=build /wheel /wheel
# Every library is the file whose hash the lock names; the bot's own wheel brings nothing along.
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock \
    && pip install --no-cache-dir --no-deps --no-index /wheel/*.whl \
    && rm -r /wheel /tmp/requirements.lock \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin easel \
    && install -d -o easel -g easel -m 0700 /data

# Nothing outside /data and /tmp is written, so the container may run read-only with a tmpfs at /tmp.
ENV DATA_DIR=/data \
    DATABASE_URL=sqlite:////data/easel.db \
    HEALTH_PORT=8080 \
    LOG_FORMAT=json \
    MPLCONFIGDIR=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /data
VOLUME /data
USER 10001:10001

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['HEALTH_PORT'] + '/healthz', timeout=4)"]
# The bot stops in order on SIGTERM, within the ten seconds that Docker gives it.
STOPSIGNAL SIGTERM
ENTRYPOINT ["easel"]
CMD ["run"]
