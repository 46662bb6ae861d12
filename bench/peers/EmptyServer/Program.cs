using System.Globalization;
using System.Net;
using System.Net.Sockets;

var poem = File.ReadAllBytes(args[1]);
using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
listener.Bind(new IPEndPoint(IPAddress.Loopback, int.Parse(args[0], CultureInfo.InvariantCulture)));
listener.Listen();
while (true)
{
    using var connection = listener.Accept();
    connection.Send(poem);
}
