# Registra for the larger set-up. One image; compose.yaml starts it three times.
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONPATH=/town/site REGISTRA_DATA_DIR=/data BIND=0.0.0.0
WORKDIR /town
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends tesseract-ocr tesseract-ocr-bul tesseract-ocr-pol tesseract-ocr-ron \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .
# Whom the image runs as may write nothing beside our files: what isn't compiled here is compiled at every start.
RUN for po in site/registra/locale*/*/LC_MESSAGES/*.po; do \
        [ ! -e "$po" ] || pybabel --quiet compile --input-file "$po" --output-file "${po%.po}.mo"; \
    done \
    && python -m compileall -q cases flows manage.py portal_pages search site \
    && useradd --system registra && mkdir /data && chown registra /data
USER registra
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "registra.wsgi"]
