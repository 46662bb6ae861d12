// Counts the visits of each name in a SQLite database: echo moon | nc localhost 10121
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

    public object Add(string name) => Run("insert into visit values ($name, 1) on conflict (name) do update set count = count + 1 returning count", name);

    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        Run("create table if not exists visit (name text primary key, count integer not null)");
        return Task.CompletedTask;
    }

    private object Run(string sql, string name = "")
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar();
    }
}

class Visit(Visits visits) : LineProtocol
{
    // SQLite blocks, so that it must not run on the thread of a connection.
    protected override async Task LineReceivedAsync(string name) => SendLine($"visit {await Task.Run(() => visits.Add(name))} of {name}");
}
