# One image for every process of Storybraid: API, workers, commands. docs/operations.md says how it is run.
FROM node:22-bookworm-slim AS pages
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.12-slim-bookworm AS parts
RUN python -m venv /opt/venv
WORKDIR /build
COPY requirements-production.lock ./
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements-production.lock

FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --create-home --home-dir /var/lib/storybraid storybraid \
 && mkdir -p /data /models \
 && chown storybraid:storybraid /data /models
COPY --from=parts /opt/venv /opt/venv
WORKDIR /srv/storybraid
COPY app/ app/
COPY migrations/ migrations/
COPY workers/ workers/
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY --from=pages /build/dist/ frontend/dist/
# Compiled here, since its user may write nothing beside it: else each start compiles all of it again.
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e . \
 && /opt/venv/bin/python -m compileall -q app migrations workers
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    STORYBRAID_DATA=/data \
    STORYBRAID_HOST=0.0.0.0 \
    STORYBRAID_MODELS=/models
USER storybraid
EXPOSE 8000
ENTRYPOINT ["storybraid"]
CMD ["serve", "--no-worker"]
