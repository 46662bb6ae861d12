// Counts visits in a SQLite database: nc localhost 10121
#:package Microsoft.Data.Sqlite@9.0.0
using Microsoft.Data.Sqlite;

var application = new Application("visits");
var visits = new Visits(Option("database", "visits.db", "the file of the database"));
application.AddService(visits);
application.AddService(new StreamServer("tcp:10121:interface=localhost", ServerFactory.ForProtocol(() => new Visit(visits))));

class Visits(string file) : Service
{
    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={ResolvePath(file)}");
        connection.Open();
        return connection;
    }

    public object Run(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        Run("create table if not exists visit (id integer primary key, at text not null)");
        return Task.CompletedTask;
    }
}

class Visit(Visits visits) : LineProtocol
{
    protected override void ConnectionMade()
    {
        SendLine($"visit {visits.Run("insert into visit (at) values (datetime()) returning id")}");
        Transport.LoseConnection();
    }
}
