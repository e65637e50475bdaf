# One image for every process of the portal, and one with nginx. Both run without root and with a read-only root file system.

FROM python:3.11-slim-bookworm AS portal
COPY requirements/runtime.txt /srv/portal/requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes --requirement /srv/portal/requirements/runtime.txt
WORKDIR /srv/portal
COPY profiles profiles
COPY infra infra
COPY services services
COPY gateway gateway
# New volumes take the owner of the folder that they are mounted on.
RUN python -m compileall -q infra services gateway \
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
 && mkdir -p var/site var/search var/secrets var/audit var/packs var/backups \
 && chown -R portal:portal var && chmod 700 var/secrets var/backups
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER portal
ENTRYPOINT ["python", "-m"]

FROM debian:12-slim AS web
RUN apt-get -qq update \
 && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends \
      nginx-light libnginx-mod-http-brotli-static curl \
 && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-enabled
COPY infra/deploy/nginx /etc/nginx/portal
RUN mv /etc/nginx/portal/nginx.conf /etc/nginx/nginx.conf && mkdir -p /etc/nginx/tls /srv/portal/site && nginx -t
USER www-data
CMD ["nginx", "-g", "daemon off;"]
