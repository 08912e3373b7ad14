class Warehouse:
    def __init__(self, athena, glue):
        self._athena = athena
        self._glue = glue

    def rows(self, day):
        run = self._athena.start_query_execution(QueryString=f"select * from sales where day = '{day}'", WorkGroup="reports")
        self._glue.start_crawler(Name="sales")
        job = self._glue.start_job_run(JobName="sales-cube")
        result = self._athena.get_query_results(QueryExecutionId=run["QueryExecutionId"])
        return [job["JobRunId"], *map(str, result["ResultSet"]["Rows"])]
