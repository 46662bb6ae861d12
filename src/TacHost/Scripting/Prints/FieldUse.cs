namespace TacHost.Scripting.Prints;

/// <summary>The use of a field by code.</summary>
internal enum FieldUse
{
    Read,
    Written,

    /// <summary>The address of the field is passed to code that may read or write it.</summary>
    Lent,
}
