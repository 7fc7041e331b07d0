# The app, its worker and the bundled models' networks on the CPU; compose.yaml starts it with PostgreSQL.
#   docker build -t labelbuddy .
ARG BASE_IMAGE=python:3.11-slim-bookworm
FROM ${BASE_IMAGE}

WORKDIR /opt/labelbuddy
COPY requirements.txt requirements.lock ./
ARG TORCH=2.13.0+cpu
ARG PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
RUN if [ -z "$PIP_EXTRA_INDEX_URL" ]; then unset PIP_EXTRA_INDEX_URL; fi \
 && python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
      "torch==$TORCH" -r requirements.txt -c requirements.lock

COPY app.py LICENSE THIRD_PARTY_NOTICES.md ./
COPY .streamlit .streamlit
COPY components components
COPY docs docs
COPY labelbuddy_core labelbuddy_core
COPY model_containers model_containers
COPY pages pages

# Nothing runs as root; /data is the one folder that is written to, weights of models included.
RUN useradd --uid 10001 --create-home labelbuddy && mkdir /data && chown labelbuddy /data \
 && /opt/venv/bin/python -m compileall -q .
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    LABELBUDDY_DATA=/data LABELBUDDY_MODELS=/data/published-models
USER labelbuddy
VOLUME /data
EXPOSE 8501
HEALTHCHECK --start-period=60s --interval=15s --timeout=10s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/api/v1/health', timeout=8)"]
CMD ["python", "-m", "labelbuddy_core.supervisor", "--host", "0.0.0.0", "--port", "8501", "--data", "/data"]
