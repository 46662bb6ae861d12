using System.Net;
using System.Text;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace PluginLibrary;

/// <summary>Makes the service from the options. Opens and starts nothing: the host starts the service.</summary>
[Plugin("greeter", "Greets each client.")]
public sealed class GreeterServiceMaker : ServiceMaker<GreeterCommandLine>
{
    protected override IService MakeService(GreeterCommandLine options) => new TcpServer(options.Port, new GreeterFactory(options.Greeting), "127.0.0.1");
}

/// <summary>The command line. A property's initializer is the default, and its type decides which values are valid.</summary>
public sealed class GreeterCommandLine
{
    [Option("port", 'p', "the port to listen on")]
    public Port Port { get; set; } = 7777;

    [Option("greeting", 'g', "the text for each client")]
    public string Greeting { get; set; } = "hello";
}

public sealed class GreeterFactory(string greeting) : ServerFactory
{
    protected override Protocol BuildProtocol(EndPoint peer) => new GreeterProtocol(greeting);
}

public sealed class GreeterProtocol(string greeting) : Protocol
{
    protected override void ConnectionMade()
    {
        Transport.Write(Encoding.UTF8.GetBytes(greeting + "\n"));
        Transport.LoseConnection();
    }
}
