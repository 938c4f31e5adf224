# Cleanwatch: one image for the station, the app and the commands; docker-compose.yml says which one it is.
#
# The base is pinned by its exact version. A digest pins it harder, and whoever has a registry at hand adds it:
#   docker buildx imagetools inspect python:3.11.15-slim-bookworm
FROM python:3.11.15-slim-bookworm AS build

WORKDIR /app
RUN python -m venv /venv
COPY requirements-runtime.lock requirements-build.lock ./
RUN /venv/bin/pip install --disable-pip-version-check --no-cache-dir --require-hashes -r requirements-runtime.lock
COPY . .
# The program stays where it is copied to, with its pages and pictures; what built it is taken away again.
RUN /venv/bin/pip install --disable-pip-version-check --no-cache-dir --require-hashes -r requirements-build.lock \
 && /venv/bin/pip install --disable-pip-version-check --no-cache-dir --no-deps --no-build-isolation -e . \
 && /venv/bin/python -m compileall -q . \
 && /venv/bin/pip uninstall -y -q setuptools pip

# What the image is made of (CycloneDX), by a tool that does not go into it.
FROM python:3.11.15-slim-bookworm AS sbom
WORKDIR /app
COPY requirements.lock requirements-runtime.lock pyproject.toml ./
RUN pip install --disable-pip-version-check --no-cache-dir --require-hashes -r requirements.lock \
 && cyclonedx-py requirements --output-reproducible --short-PURLs --pyproject pyproject.toml \
    -o /sbom.json requirements-runtime.lock

FROM python:3.11.15-slim-bookworm

COPY --from=sbom /sbom.json /sbom.json
COPY --from=build /venv /venv
COPY --from=build /app /app
# Nothing is written but to /data and /tmp: the root file system may be read-only. Without an account of that number
# in the image, the name that goes on record for what the station does by itself is given here.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp USER=cleanwatch CLEANWATCH_DATA=/data
WORKDIR /app
USER 10001:10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["cleanwatch"]
CMD ["station"]

# Does every station run and report? The app has a check of its own in docker-compose.yml.
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s --retries=3 CMD ["cleanwatch", "status", "--alive"]
