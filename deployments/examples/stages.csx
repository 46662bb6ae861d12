// One deployment for all stages: values come from --port 1, TACHOST_SET_PORT=1, or stages.values.json.
var application = new Application("stages");
var port = Option("port", 10130, "the port to listen on");
var greeting = Option("greeting", "hello", "the text for each client");
application.AddService(new TcpServer(port, ServerFactory.ForProtocol(() => new Greeting(greeting)), "localhost"));

class Greeting(string text) : LineProtocol
{
    protected override void ConnectionMade()
    {
        SendLine(text);
        Transport.LoseConnection();
    }
}
