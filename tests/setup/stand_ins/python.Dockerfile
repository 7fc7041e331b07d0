# In place of python:3.11 where Docker Hub cannot be reached: Debian's Python, with how pip reaches packages on this machine.
FROM labelbuddy/base:bookworm
COPY certificates.pem /etc/labelbuddy/certificates.pem
COPY wheels /opt/wheels
ARG PIP_INDEX_URL
ENV PIP_CERT=/etc/labelbuddy/certificates.pem PIP_FIND_LINKS=/opt/wheels PIP_INDEX_URL=${PIP_INDEX_URL:-https://pypi.org/simple}
