// Keeps each line in PostgreSQL and answers with its number: nc localhost 10120
#:package Npgsql@9.0.3
using Npgsql;

var application = new Application("journal");
var pool = new Pool(Option("database", "Host=/run/postgresql;Database=postgres", "the connection string"));
application.AddService(pool);
application.AddService(new StreamServer("tcp:10120:interface=localhost", ServerFactory.ForProtocol(() => new Journal(pool))));

class Pool(string connection) : Service
{
    public NpgsqlDataSource Source { get; private set; }

    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        Source = NpgsqlDataSource.Create(connection);
        await using var create = Source.CreateCommand("create table if not exists journal (id serial primary key, line text not null)");
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    protected override async Task OnStopAsync(CancellationToken cancellationToken) => await Source.DisposeAsync();
}

class Journal(Pool pool) : LineProtocol
{
    protected override async Task LineReceivedAsync(string line)
    {
        await using var insert = pool.Source.CreateCommand("insert into journal (line) values ($1) returning id");
        insert.Parameters.AddWithValue(line);
        SendLine($"{await insert.ExecuteScalarAsync(StoppingToken)}: {line}");
    }
}
