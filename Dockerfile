# Two stages: the first installs and compiles, the second holds only what runs.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv --without-pip /opt/letloose && python -m venv /opt/build
WORKDIR /src
COPY requirements requirements
RUN pip --python /opt/build/bin/python install --require-hashes --no-deps --only-binary :all: -r requirements/build.txt
RUN pip --python /opt/letloose/bin/python install --require-hashes --no-deps --only-binary :all: -r requirements/run.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY app app
COPY bot bot
COPY scheduler scheduler
COPY habits habits
COPY playground playground
RUN /opt/build/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /wheels .
RUN pip --python /opt/letloose/bin/python install --no-index --no-deps /wheels/letloose-*.whl

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data letloose \
    && install --directory --mode 700 --owner 10001 --group 10001 /data
COPY --from=build /opt/letloose /opt/letloose
# PYTHONTZPATH: time zones come from the locked tzdata. PYTHONSAFEPATH: never import from /data.
ENV PATH=/opt/letloose/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONSAFEPATH=1 \
    PYTHONTZPATH= \
    LETLOOSE_DATA_DIR=/data \
    LETLOOSE_NEEDS_TOKEN=true \
    LETLOOSE_LISTEN=127.0.0.1:8080
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s --retries=3 CMD ["python", "-m", "app.alive"]
ENTRYPOINT ["letloose"]
