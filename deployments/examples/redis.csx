// A key-value service before Redis, with one multiplexed connection for all clients: nc localhost 10122
#:package StackExchange.Redis@2.13.17
using StackExchange.Redis;

var application = new Application("counter");
var redis = new Redis(Option("redis", "localhost:6379", "the address of Redis"));
application.AddService(redis);
application.AddService(new StreamServer("tcp:10122:interface=localhost", ServerFactory.ForProtocol(() => new Counter(redis))));

class Redis(string address) : Service
{
    private ConnectionMultiplexer _connection;
    public IDatabase Database => _connection.GetDatabase();
    protected override async Task OnStartAsync(CancellationToken cancellationToken) => _connection = await ConnectionMultiplexer.ConnectAsync(address).WaitAsync(cancellationToken);
    protected override async Task OnStopAsync(CancellationToken cancellationToken) => await (_connection?.DisposeAsync() ?? default);
}

class Counter(Redis redis) : LineProtocol
{
    protected override async Task LineReceivedAsync(string key) => SendLine($"{key} = {await redis.Database.StringIncrementAsync(key)}");
}
