using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace TacHost.Cluster;

/// <summary>Replaces the serializer of Akka.NET for all messages without one of their own, because it creates objects of any type that a peer names.</summary>
internal sealed class RefusingSerializer : Serializer
{
    /// <param name="system">The actor system.</param>
    /// <param name="settings">The settings of the serializer that this one replaces, which Akka.NET passes.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => _ = settings;

    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw Refused(obj.GetType());

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw Refused(type);

    private static System.Runtime.Serialization.SerializationException Refused(Type type) => new($"messages of type '{type}' do not travel between nodes.");
}
