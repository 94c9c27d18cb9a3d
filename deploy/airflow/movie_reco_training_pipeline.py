"""The daily training of the films system, for teams that have an Airflow (2.4 or later, with its HTTP provider).

Connection ``tamis`` (type HTTP): host and port of the service, and as extra ``{"Authorization": "Bearer TOKEN"}``
where the service asks for a token. Nothing else is configured here, and no secret is in this file.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowFailException
from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.http.sensors.http import HttpSensor

JSON = {"Content-Type": "application/json"}


def once(task: str) -> dict:
    """Headers of a request that a retry repeats without doing it twice."""
    return {**JSON, "Idempotency-Key": "{{ run_id }}-" + task}


def is_over(response) -> bool:
    """Whether the training is over; one that failed fails the task at once."""
    status = response.json()
    if status["status"] == "error":
        raise AirflowFailException(status["message"])
    return status["status"] == "completed"


with DAG(
    dag_id="movie_reco_training_pipeline",
    description="health -> synthetic ratings -> training",
    schedule="0 2 * * *",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=5)},
    tags=["mlops", "reco"],
) as dag:
    check_health = HttpSensor(
        task_id="check_health",
        http_conn_id="tamis",
        endpoint="/health",
        poke_interval=30,
        timeout=120,
        mode="reschedule",
    )
    generate_ratings = HttpOperator(
        task_id="generate_ratings",
        http_conn_id="tamis",
        endpoint="/generate-ratings/",
        method="POST",
        headers=once("generate"),
        data='{"batch_size": 20000}',
    )
    start_training = HttpOperator(
        task_id="start_training",
        http_conn_id="tamis",
        endpoint="/training/",
        method="POST",
        headers=once("train"),
        data='{"force": true}',
    )
    wait_for_training = HttpSensor(
        task_id="wait_for_training",
        http_conn_id="tamis",
        endpoint="/training/status",
        response_check=is_over,
        poke_interval=30,
        timeout=60 * 60,
        mode="reschedule",
    )
    check_health >> generate_ratings >> start_training >> wait_for_training
